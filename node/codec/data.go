package codec

import (
	"chordscope/node/chord"
	"chordscope/node/store"
	pb "chordscope/proto"
)

// encodeData is Encode for messages about keys.
func encodeData(body chord.Body) pb.Body {
	switch b := body.(type) {
	case chord.Read:
		return &pb.Envelope_Read{Read: &pb.Read{Key: EncodeKey(b.Key)}}
	case chord.Write:
		return &pb.Envelope_Write{Write: &pb.Write{Key: EncodeKey(b.Key), Value: b.Value, Delete: b.Delete, Tag: b.Tag}}
	case chord.Datum:
		return &pb.Envelope_Datum{Datum: &pb.Datum{
			Item: encodeItem(b.Item), Existed: b.Existed, Copies: uint32(b.Copies), Predecessor: EncodeRef(b.Predecessor)}}
	case chord.Compare:
		return &pb.Envelope_Compare{Compare: &pb.Compare{Range: encodeRange(b.Range), Digest: encodeDigest(b.Digest), Claim: b.Claim, InStep: b.InStep, Inherit: b.Inherit}}
	case chord.Compared:
		return &pb.Envelope_Compared{Compared: &pb.Compared{Same: b.Same, Digest: encodeDigest(b.Digest), Parts: each(b.Parts, encodePart), Whole: b.Whole, Owns: b.Owns}}
	case chord.List:
		out := &pb.List{Range: encodeRange(b.Range), Values: b.Values}
		if b.Begun {
			out.After = EncodeKey(b.After)
		}
		return &pb.Envelope_List{List: out}
	case chord.Fetch:
		return &pb.Envelope_Fetch{Fetch: &pb.Fetch{Keys: encodeKeys(b.Keys)}}
	case chord.Listing:
		return &pb.Envelope_Listing{Listing: &pb.Listing{Items: encodeItems(b.Items), More: b.More, Whole: b.Whole}}
	case chord.Store:
		return &pb.Envelope_Store{Store: &pb.Store{Items: encodeItems(b.Items), Why: causes.encode(b.Why)}}
	case chord.Stored:
		return &pb.Envelope_Stored{Stored: &pb.Stored{Versions: each(b.Versions, encodeHeldVersion)}}
	case chord.Cover:
		return &pb.Envelope_Cover{Cover: &pb.Cover{Range: encodeRange(b.Range)}}
	case chord.Coverage:
		return &pb.Envelope_Coverage{Coverage: &pb.Coverage{Yes: b.Yes, Keep: b.Keep, Predecessor: EncodeRef(b.Predecessor)}}
	case chord.Collect:
		out := &pb.Collect{}
		for i := range min(len(b.Keys), len(b.Versions)) {
			out.Tombstones = append(out.Tombstones, &pb.Tombstone{Key: EncodeKey(b.Keys[i]), Version: encodeVersion(b.Versions[i])})
		}
		return &pb.Envelope_Collect{Collect: out}
	case chord.Departing:
		return &pb.Envelope_Departing{Departing: &pb.Departing{}}
	case chord.Surplus:
		return &pb.Envelope_Surplus{Surplus: &pb.Surplus{Range: encodeRange(b.Range)}}
	}
	return nil
}

// dataBody is body for messages about keys; nil if env carries none.
func (d *decoder) dataBody(env *pb.Envelope) chord.Body {
	switch b := env.GetBody().(type) {
	case *pb.Envelope_Read:
		return chord.Read{Key: d.key(b.Read.GetKey())}
	case *pb.Envelope_Write:
		return d.write(b.Write)
	case *pb.Envelope_Datum:
		m := b.Datum
		return chord.Datum{Item: d.item(m.GetItem()), Existed: m.GetExisted(),
			Copies: d.number("copies", m.GetCopies(), maxCopies), Predecessor: d.ref(m.GetPredecessor())}
	case *pb.Envelope_Compare:
		m := b.Compare
		return chord.Compare{Range: d.someRange(m.GetRange()), Digest: d.digest(m.GetDigest()),
			Claim: m.GetClaim(), InStep: m.GetInStep(), Inherit: m.GetInherit()}
	case *pb.Envelope_Compared:
		m := b.Compared
		return chord.Compared{Same: m.GetSame(), Digest: d.digest(m.GetDigest()),
			Parts: list(d, "parts", m.GetParts(), maxParts, d.part), Whole: m.GetWhole(), Owns: m.GetOwns()}
	case *pb.Envelope_List:
		m := b.List
		out := chord.List{Range: d.someRange(m.GetRange()), Begun: m.GetAfter() != nil, Values: m.GetValues()}
		if out.Begun {
			out.After = d.key(m.GetAfter())
		}
		return out
	case *pb.Envelope_Fetch:
		return chord.Fetch{Keys: d.keys(b.Fetch.GetKeys(), maxKeys)}
	case *pb.Envelope_Listing:
		m := b.Listing
		return chord.Listing{Items: d.items(m.GetItems()), More: m.GetMore(), Whole: m.GetWhole()}
	case *pb.Envelope_Store:
		return chord.Store{Items: d.items(b.Store.GetItems()), Why: known(d, "cause", causes, b.Store.GetWhy())}
	case *pb.Envelope_Stored:
		return chord.Stored{Versions: list(d, "versions", b.Stored.GetVersions(), maxItems, d.version)}
	case *pb.Envelope_Cover:
		return chord.Cover{Range: d.someRange(b.Cover.GetRange())}
	case *pb.Envelope_Coverage:
		m := b.Coverage
		return chord.Coverage{Yes: m.GetYes(), Keep: m.GetKeep(), Predecessor: d.ref(m.GetPredecessor())}
	case *pb.Envelope_Collect:
		return d.collect(b.Collect)
	case *pb.Envelope_Departing:
		return chord.Departing{}
	case *pb.Envelope_Surplus:
		return chord.Surplus{Range: d.someRange(b.Surplus.GetRange())}
	}
	return nil
}

func (d *decoder) write(m *pb.Write) chord.Write {
	out := chord.Write{Key: d.key(m.GetKey()), Value: d.value(m.GetValue()), Delete: m.GetDelete(), Tag: m.GetTag()}
	if out.Tag == 0 {
		d.failf("a write without a tag")
	}
	if out.Delete && len(out.Value) > 0 {
		d.failf("a delete with a value")
	}
	return out
}

func (d *decoder) collect(m *pb.Collect) chord.Collect {
	var out chord.Collect
	out.Keys = list(d, "tombstones", m.GetTombstones(), maxKeys, func(t *pb.Tombstone) store.Key { return d.key(t.GetKey()) })
	out.Versions = list(d, "tombstones", m.GetTombstones(), maxKeys, func(t *pb.Tombstone) store.Version { return d.someVersion(t.GetVersion()) })
	return out
}
