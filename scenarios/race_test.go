//go:build race

package scenarios

// atOnce is how many tests run at the same time: under the race detector they
// compute as long as they wait.
const atOnce = "3"
