package wire

import (
	"fmt"

	"chordscope/node/ring"
	pb "chordscope/proto"
)

// MaxAddress is the longest address that crosses the wire, in bytes.
const MaxAddress = 255

// CheckAddress reports what is wrong with the address of a peer, wrapping
// ErrMalformed. Only printable ASCII is allowed: addresses are shown on
// terminals, which obey control characters.
func CheckAddress(addr string) error {
	if addr == "" || len(addr) > MaxAddress {
		return &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("address of %d bytes: 1 to %d are allowed", len(addr), MaxAddress)}
	}
	for i := range len(addr) {
		if addr[i] <= ' ' || addr[i] > '~' {
			return &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("address %q: only printable ASCII without spaces is allowed", addr)}
		}
	}
	return nil
}

// CheckRef reports what is wrong with a reference that has to point at a peer,
// wrapping ErrMalformed. bits is m; zero stands for the widest ring.
func CheckRef(ref *pb.PeerRef, bits uint32) error {
	if ref == nil {
		return &Error{Kind: ErrMalformed, Detail: "a peer is missing"}
	}
	if bits == 0 {
		bits = ring.MaxBits
	}
	space, err := ring.NewSpace(int(min(bits, 1<<16)))
	if err != nil {
		return &Error{Kind: ErrMalformed, Detail: err.Error()}
	}
	if _, err := ReadID(space, ref.GetId()); err != nil {
		return err
	}
	return CheckAddress(ref.GetAddress())
}

// ReadID reads an identifier of the ring; the error wraps ErrMalformed.
func ReadID(space ring.Space, b []byte) (ring.ID, error) {
	id, err := ring.FromBytes(b)
	if err != nil {
		return ring.ID{}, &Error{Kind: ErrMalformed, Detail: err.Error()}
	}
	if !space.Contains(id) {
		return ring.ID{}, &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("identifier %x does not fit into %d bits", b, space.Bits())}
	}
	return id, nil
}
