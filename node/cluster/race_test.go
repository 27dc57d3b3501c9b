//go:build race

package cluster

// atOnce is how many tests run at the same time: under the race detector peers
// compute as long as they wait.
const atOnce = "2"
