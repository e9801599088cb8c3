//go:build race

package places

func init() { raced = true }
