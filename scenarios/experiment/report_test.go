package experiment

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	squares = &Table{
		Name: "squares", Title: "Squares & more",
		Columns: []Column{
			{Name: "n", Title: "n"},
			{Name: "square", Title: "square", Unit: "m²", Digits: 1},
			{Name: "note", Title: "a long extra title", Extra: true},
			{Name: "paper", Title: "square", Unit: "paper", Digits: 2, Paper: true},
		},
		Plot: Plot{X: "n", Y: []string{"square", "paper"}, Axis: "square <metres>"},
	}
	cubes = &Table{Name: "cubes", Title: "Cubes", Columns: []Column{{Name: "n", Title: "n"}, {Name: "cube", Title: "cube"}},
		Plot: Plot{X: "n", Y: []string{"cube"}, Log2: true, Axis: "cube"}}
)

// counting emits rows until ctx ends.
func counting(rows int) *Experiment {
	return &Experiment{
		Name: "counting", Paper: "Euclid, from memory.", Drivers: []string{DriverStatic}, Tables: []*Table{squares, cubes},
		Defaults: func(string) Params { return Params{Peers: []int{1}} },
		run: func(ctx context.Context, b *bench) error {
			for i := 1; i <= rows; i++ {
				b.step(1/float64(rows), "number %d", i)
				if err := ctx.Err(); err != nil {
					return err
				}
				var paper any
				if i%2 == 0 {
					paper = float64(i * i)
				}
				if err := b.row(squares, i, float64(i*i)+0.25, "", paper); err != nil {
					return err
				}
			}
			return b.row(cubes, rows, rows*rows*rows)
		},
	}
}

func files(t *testing.T) (csvFile, svgFile string) {
	dir := t.TempDir()
	return filepath.Join(dir, "out.csv"), filepath.Join(dir, "out.svg")
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReportWritesTablesPlotsAndFiles(t *testing.T) {
	csvFile, svgFile := files(t)
	var out, errs bytes.Buffer
	status := Report(context.Background(), counting(3), Params{Seed: 7}, Output{Stdout: &out, Stderr: &errs, CSV: csvFile, SVG: svgFile})
	if status != ExitOK || errs.Len() > 0 {
		t.Fatal(status, errs.String())
	}
	for _, want := range []string{
		"Squares & more\n\n    n  square  a long extra title  square\n           m²                       paper\n",
		"    1     1.2                           -\n    2     4.2                        4.00\n",
		"Cubes\n\n    n   cube\n", "    3     27\n",
		"▲ square (paper)", "Euclid, from memory.", "static driver, seed 7",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, csvFile))).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][3] != "paper" || rows[1][1] != "1.25" || rows[1][3] != "" || rows[2][3] != "4" {
		t.Error(rows, err)
	}
	second := strings.TrimSuffix(csvFile, ".csv") + "-cubes.csv"
	if got := read(t, second); got != "n,cube\n3,27\n" {
		t.Errorf("%q", got)
	}
	svg := read(t, svgFile)
	checkXML(t, svg)
	for _, want := range []string{"Squares &amp; more", "square &lt;metres&gt;", `stroke-dasharray`, ">square (paper)<", "<polyline", ">n<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in the SVG", want)
		}
	}
	if n := strings.Count(svg, "<polyline"); n != 2 {
		t.Errorf("%d lines are drawn", n)
	}
	checkXML(t, read(t, strings.TrimSuffix(svgFile, ".svg")+"-cubes.svg"))
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			return
		}
	}
}

func TestNarrowTerminalsGetFewerColumns(t *testing.T) {
	var out bytes.Buffer
	Report(context.Background(), counting(1), Params{}, Output{Stdout: &out, Stderr: t.Output(), Width: 30})
	if !strings.Contains(out.String(), "\n    n  square  square\n") {
		t.Error(out.String())
	}
	for _, e := range All() {
		for _, table := range e.Tables {
			for line := range strings.Lines(table.header(table.fitting(100))) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); n > 100 {
					t.Errorf("%s, %s: %d characters", e.Name, table.Name, n)
				}
			}
		}
	}
}

func TestJSONIsAnObjectALine(t *testing.T) {
	var out bytes.Buffer
	Report(context.Background(), counting(2), Params{Seed: 5}, Output{Stdout: &out, Stderr: t.Output(), JSON: true})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatal(out.String())
	}
	var row struct {
		Experiment, Table, Driver string
		Seed, N                   int
		Square                    float64
		Paper                     *float64
	}
	if err := json.Unmarshal([]byte(lines[0]), &row); err != nil {
		t.Fatal(err)
	}
	if row.Experiment != "counting" || row.Table != "squares" || row.Driver != "static" || row.Seed != 5 || row.N != 1 || row.Square != 1.25 || row.Paper != nil {
		t.Errorf("%+v", row)
	}
}

// stopping ends a run after some lines of output.
type stopping struct {
	text  bytes.Buffer
	lines int
	stop  func()
}

func (s *stopping) Write(p []byte) (int, error) {
	if s.lines--; s.lines == 0 {
		s.stop()
	}
	return s.text.Write(p)
}

func TestAnInterruptedRunLeavesItsRows(t *testing.T) {
	csvFile, svgFile := files(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &stopping{lines: 2, stop: cancel}
	var errs bytes.Buffer
	status := Report(ctx, counting(10), Params{}, Output{Stdout: out, Stderr: &errs, CSV: csvFile, SVG: svgFile})
	if status != ExitInterrupted || !strings.Contains(errs.String(), "counting was interrupted; the rows until then are there") {
		t.Error(status, errs.String())
	}
	if got := read(t, csvFile); got != "n,square,note,paper\n1,1.25,,\n2,4.25,,4\n" {
		t.Errorf("%q", got)
	}
	if got := read(t, svgFile); strings.Count(got, "<circle") != 2+1+2 { // points, and those of the legend
		t.Error(got)
	}
	checkXML(t, read(t, strings.TrimSuffix(svgFile, ".svg")+"-cubes.svg"))
	if !strings.Contains(out.text.String(), "Euclid") {
		t.Error(out.text.String())
	}
}

func TestAFileThatCannotBeMadeIsToldBeforeAnythingRuns(t *testing.T) {
	var errs bytes.Buffer
	e := counting(1)
	e.run = func(context.Context, *bench) error { t.Error("it ran"); return nil }
	status := Report(context.Background(), e, Params{}, Output{Stdout: t.Output(), Stderr: &errs, CSV: "/nonexistent/out.csv"})
	if status != ExitWrong || !strings.Contains(errs.String(), "/nonexistent/out.csv") {
		t.Error(status, errs.String())
	}
}

func TestTheBarSaysHowFarItIs(t *testing.T) {
	var errs bytes.Buffer
	Report(context.Background(), counting(4), Params{}, Output{Stdout: io.Discard, Stderr: &errs, Progress: true})
	if got := errs.String(); !strings.Contains(got, " 50 %  number 3") || !strings.HasSuffix(got, clearEnd) {
		t.Errorf("%q", got)
	}
}

// Rings of two sizes are two lines, whatever the order of their rows.
func TestEveryNumberOfPeersIsALine(t *testing.T) {
	var rows []Row
	for _, n := range []int{5, 9} {
		for _, r := range []float64{3, 1, 2} {
			row := Row{Table: churnTable, Values: make([]any, len(churnTable.Columns))}
			row.Values[churnTable.column("peers")] = n
			row.Values[churnTable.column("rate")] = r
			row.Values[churnTable.column("wrong_per_10000")] = r * float64(n)
			rows = append(rows, row)
		}
	}
	c := newChart(churnTable, rows)
	if len(c.series) != 2 || c.series[0].name != "N 5: wrong" || c.series[1].points[0] != (point{1, 9}) || c.series[1].points[2] != (point{3, 27}) {
		t.Errorf("%+v", c.series)
	}
	if c := newChart(churnTable, rows[:3]); len(c.series) != 1 || c.series[0].name != "wrong" {
		t.Errorf("%+v", c.series)
	}
}

// A line goes only through neighbouring rows: the paper's two ends are not
// joined across what it does not say.
func TestNoLineGoesAcrossARowWithoutANumber(t *testing.T) {
	var rows []Row
	for i, paper := range []any{1.0, nil, 2.0, 3.0} {
		rows = append(rows, Row{squares, []any{i + 1, 0.5, "", paper}})
	}
	c := newChart(squares, rows)
	if lines := c.series[1].lines(); len(lines) != 2 || len(lines[0]) != 1 || len(lines[1]) != 2 {
		t.Errorf("%v", lines)
	}
	if n := strings.Count(c.svg(), "<polyline"); n != 3 {
		t.Errorf("%d lines", n)
	}
	if text := c.text(plotWidth, plotHeight); strings.Count(text, "▲") != 3+1 { // and the legend
		t.Errorf("%s", text)
	}
	if c := newChart(squares, rows[1:2]); len(c.series) != 1 {
		t.Errorf("a series without a number: %+v", c.series)
	}
}
