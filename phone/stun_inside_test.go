package phone

import (
	"net"
	"testing"

	"github.com/pion/stun/v3"
)

// FuzzSTUN holds that whatever comes back from a STUN server's port is an address that can be one, or nothing.
func FuzzSTUN(f *testing.F) {
	request := stun.MustBuild(stun.NewTransactionIDSetter([stun.TransactionIDSize]byte{1, 2, 3}), stun.BindingRequest)
	f.Add(stun.MustBuild(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(203, 0, 113, 9), Port: 4000}).Raw)
	f.Add(stun.MustBuild(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.ParseIP("2001:db8::9"), Port: 4000}).Raw)
	f.Add(stun.MustBuild(request, stun.BindingError).Raw)
	f.Add([]byte("nonsense"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		at, ok := mapped(packet, request.TransactionID)
		if ok && (!at.IsValid() || at.Port() == 0 || at.Addr().IsUnspecified() || at.Addr().IsMulticast() || at.Addr().Is4In6()) {
			t.Errorf("%x is %v", packet, at)
		}
	})
}
