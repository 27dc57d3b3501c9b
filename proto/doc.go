// Package pb is the wire protocol: the messages that peers, clients and
// registries exchange. All of it but this file is generated from the .proto
// files beside it, which are the documentation of the protocol; chord.proto is
// the place to begin.
//
// Run "go generate ./proto" after changing one of them. It needs only Go: buf
// is built from the versions pinned in tools.mod, the Go generator from those
// in the module's go.mod.
package pb

//go:generate go tool -modfile=tools.mod buf generate

// Body is any message that an Envelope can carry: *Envelope_Ping,
// *Envelope_Hello and so on.
type Body = isEnvelope_Body
