//go:build !race

package cluster

// atOnce is how many tests run at the same time, whatever the number of
// processors: peers mostly wait for their timers.
const atOnce = "6"
