//go:build !race

package scenarios

// atOnce is how many tests run at the same time, whatever the number of
// processors: those on real peers mostly wait.
const atOnce = "10"
