package cli

import (
	"fmt"
	"os"

	"chordscope/scenarios"
	"chordscope/tui"
)

// record opens the file of --record and returns what writes it at the end. The
// file is left as it is until then.
func (f *shareFlags) record(opts *tui.Options) (save func() error, err error) {
	if f.Record == "" {
		return func() error { return nil }, nil
	}
	file, err := os.OpenFile(f.Record, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--record: %w", err)
	}
	file.Close()
	opts.Recorder = scenarios.NewRecorder()
	return func() error {
		if err := os.WriteFile(f.Record, []byte(opts.Recorder.Text()), 0o644); err != nil {
			return fmt.Errorf("--record: %w", err)
		}
		return nil
	}, nil
}
