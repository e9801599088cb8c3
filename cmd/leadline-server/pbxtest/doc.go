// Package pbxtest has real PBXs ask the server where calls go, by the dialplans in assets/pbx. It has
// tests only.
package pbxtest
