package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	pb "chordscope/proto"
)

// Errors that the other side can send. errors.Is finds them in what Call,
// Dial and OnDown report, on whichever side of the wire they arose.
var (
	ErrVersion       = errors.New("no wire version in common")
	ErrRingMismatch  = errors.New("the ring has other parameters")
	ErrTaken         = errors.New("the identifier belongs to another live peer")
	ErrNotMember     = errors.New("the peer is not a member of the ring")
	ErrUnimplemented = errors.New("the receiver does not know this message")
	ErrMalformed     = errors.New("malformed message")
	ErrTooLarge      = errors.New("too large")
	ErrUnauthorized  = errors.New("not authorized")
	ErrUnavailable   = errors.New("not available at the moment")
	ErrNoOwner       = errors.New("no owner was found")
	ErrHopLimit      = errors.New("too many hops")
	ErrStale         = errors.New("a later incarnation of the sender is known")
)

// Errors that arise on this side only.
var (
	// ErrBroken: the connection ended without a goodbye.
	ErrBroken = errors.New("the connection broke")
	// ErrRefused: nobody listens at the address.
	ErrRefused = errors.New("connection refused")
	// ErrDialTimeout: the address, or whoever listens there, stays silent.
	ErrDialTimeout = errors.New("no answer to the dial in time")
	// ErrQueueFull: the receiver takes less than it is sent; the message was
	// thrown away and the connection stands.
	ErrQueueFull = errors.New("the send queue is full")
	// ErrClosed: this side was closed.
	ErrClosed = errors.New("closed")
)

// codes is the one place where codes of the wire and Go errors meet.
var codes = [...]error{
	pb.ErrorCode_ERROR_CODE_VERSION:       ErrVersion,
	pb.ErrorCode_ERROR_CODE_RING_MISMATCH: ErrRingMismatch,
	pb.ErrorCode_ERROR_CODE_TAKEN:         ErrTaken,
	pb.ErrorCode_ERROR_CODE_NOT_MEMBER:    ErrNotMember,
	pb.ErrorCode_ERROR_CODE_UNIMPLEMENTED: ErrUnimplemented,
	pb.ErrorCode_ERROR_CODE_MALFORMED:     ErrMalformed,
	pb.ErrorCode_ERROR_CODE_TOO_LARGE:     ErrTooLarge,
	pb.ErrorCode_ERROR_CODE_UNAUTHORIZED:  ErrUnauthorized,
	pb.ErrorCode_ERROR_CODE_UNAVAILABLE:   ErrUnavailable,
	pb.ErrorCode_ERROR_CODE_NO_OWNER:      ErrNoOwner,
	pb.ErrorCode_ERROR_CODE_HOP_LIMIT:     ErrHopLimit,
	pb.ErrorCode_ERROR_CODE_STALE:         ErrStale,
}

// Error is an error with all that crosses the wire. Unwrap gives the sentinel
// of its kind.
type Error struct {
	Kind             error  // a sentinel of the first group above; nil if it has none
	Detail           string // for people, may be empty
	Expected, Actual string // where two values do not fit together
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Kind != nil {
		b.WriteString(e.Kind.Error())
	}
	if e.Detail != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(e.Detail)
	}
	if e.Expected != "" || e.Actual != "" {
		fmt.Fprintf(&b, " (expected %s, got %s)", e.Expected, e.Actual)
	}
	if b.Len() == 0 {
		return "the other side reports an error without a reason"
	}
	return b.String()
}

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Kind }

// FromProto returns the Go error for one that came over the wire.
func FromProto(e *pb.Error) error {
	out := &Error{Detail: CleanText(e.GetDetail()), Expected: CleanText(e.GetExpected()), Actual: CleanText(e.GetActual())}
	if code := int(e.GetCode()); code > 0 && code < len(codes) {
		out.Kind = codes[code]
	}
	return out
}

// ToProto returns err as it crosses the wire. An error that wraps none of the
// sentinels loses everything but its text.
func ToProto(err error) *pb.Error {
	out := &pb.Error{}
	for code, kind := range codes {
		if kind != nil && errors.Is(err, kind) {
			out.Code = pb.ErrorCode(code)
			break
		}
	}
	if e, ok := errors.AsType[*Error](err); ok {
		out.Detail, out.Expected, out.Actual = CleanText(e.Detail), CleanText(e.Expected), CleanText(e.Actual)
	} else {
		out.Detail = CleanText(err.Error())
	}
	return out
}

// ErrorBody is ToProto as the body of an envelope.
func ErrorBody(err error) pb.Body { return &pb.Envelope_Error{Error: ToProto(err)} }

// MaxText is the longest text for people that crosses the wire, in bytes.
const MaxText = 1024

// CleanText makes text from elsewhere safe to show: valid UTF-8, at most
// MaxText bytes, without control characters (terminals obey them).
func CleanText(s string) string {
	s = s[:min(len(s), MaxText)]
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
