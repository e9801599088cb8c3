// Package access says who comes in: passwords, devices and their tokens, keys of other
// software, and the telephone accounts that signing in brings.
//
// A token is 256 random bits, known to the server by its hash alone. A device holds a
// short access token and a refresh token that changes at each use: whoever presents one that
// was used up before has stolen it, or was stolen from, and the device is revoked.
//
// What a person may do then is not decided here but by their roles, at each command.
package access
