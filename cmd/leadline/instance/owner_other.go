//go:build !unix

package instance

// checkOwner: the temporary folder is the user's own here.
func checkOwner(string) error { return nil }
