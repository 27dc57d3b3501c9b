package experiment

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// fileFor returns the file of the i-th table: that of the first one is the file
// that was named, others have their name in it.
func fileFor(name string, t *Table, i int) string {
	if i == 0 {
		return name
	}
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + t.Name + ext
}

func writeCSVHeader(w io.Writer, t *Table) error {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return writeCSV(w, names)
}

// writeCSVRow writes all digits of a row; what there is not is empty.
func writeCSVRow(w io.Writer, r Row) error {
	fields := make([]string, len(r.Values))
	for i, v := range r.Values {
		switch v := v.(type) {
		case nil:
		case float64:
			fields[i] = strconv.FormatFloat(v, 'g', -1, 64)
		default:
			fields[i] = fmt.Sprint(v)
		}
	}
	return writeCSV(w, fields)
}

// writeCSV writes a line at once, so that a run that is killed has left it.
func writeCSV(w io.Writer, fields []string) error {
	c := csv.NewWriter(w)
	if err := c.Write(fields); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

// writeJSON writes a row as one object on a line, its fields in the order of
// the columns.
func writeJSON(w io.Writer, e *Experiment, p Params, r Row) error {
	var b strings.Builder
	field := func(name string, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		sep := ","
		if b.Len() == 0 {
			sep = "{"
		}
		fmt.Fprintf(&b, "%s%q:%s", sep, name, text)
		return nil
	}
	heads := []struct {
		name  string
		value any
	}{{"experiment", e.Name}, {"table", r.Table.Name}, {"driver", p.Driver}, {"seed", p.Seed}}
	for _, h := range heads {
		if err := field(h.name, h.value); err != nil {
			return err
		}
	}
	for i, v := range r.Values {
		if err := field(r.Table.Columns[i].Name, v); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String()+"}\n")
	return err
}
