package scenarios

import (
	"context"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// This file has how real peers are stopped, stepped and traced.

func (t *tcp) Pause(ctx context.Context, on bool) error { return t.SetPaused(ctx, on) }

func (t *tcp) Speed(ctx context.Context, factor float64) error { return t.SetPace(ctx, factor) }

func (t *tcp) Step(ctx context.Context, ids []ring.ID, tasks []string) error {
	return t.Cluster.Step(ctx, ids, coreTasks(tasks))
}

func (t *tcp) Trace(ctx context.Context, ids []ring.ID, on bool) error {
	return t.SetTracing(ctx, ids, on)
}

// stepTasks are the tasks that step knows, by their words.
var stepTasks = map[string]chord.Task{
	"stabilize": chord.TaskStabilize, "fix": chord.TaskFix, "check": chord.TaskCheck, "repair": chord.TaskRepair,
	"reconcile": chord.TaskReconcile, "update": chord.TaskUpdate,
}

func coreTasks(words []string) []chord.Task {
	tasks := make([]chord.Task, len(words))
	for i, w := range words {
		tasks[i] = stepTasks[w]
	}
	return tasks
}
