package codec

import (
	"chordscope/node/chord"
	pb "chordscope/proto"
)

// enum translates between an enumeration of the core and that of the wire. The
// wire's numbers are fixed for ever and the core's are not, so each pair is
// written out. Index: the core's value.
type enum[G, P ~uint8 | ~int32] []P

// encode returns the wire's value, or its zero for one that has none.
func (e enum[G, P]) encode(g G) P {
	if int(g) < len(e) {
		return e[g]
	}
	return 0
}

// decode returns the core's value and whether there is one.
func (e enum[G, P]) decode(p P) (G, bool) {
	for g, q := range e {
		if q == p {
			return G(g), true
		}
	}
	return 0, false
}

// The enumerations. A value of the core that is left out of a table becomes
// the wire's zero; a test sees to it that none is.
var (
	statuses = enum[chord.Status, pb.Status]{
		chord.StatusIdle:    pb.Status_STATUS_IDLE,
		chord.StatusJoining: pb.Status_STATUS_JOINING,
		chord.StatusMember:  pb.Status_STATUS_MEMBER,
		chord.StatusLeaving: pb.Status_STATUS_LEAVING,
		chord.StatusGone:    pb.Status_STATUS_GONE,
	}
	codes = enum[chord.Code, pb.ErrorCode]{
		chord.CodeUnknown:       pb.ErrorCode_ERROR_CODE_UNSPECIFIED,
		chord.CodeNotMember:     pb.ErrorCode_ERROR_CODE_NOT_MEMBER,
		chord.CodeUnimplemented: pb.ErrorCode_ERROR_CODE_UNIMPLEMENTED,
		chord.CodeNoOwner:       pb.ErrorCode_ERROR_CODE_NO_OWNER,
		chord.CodeHopLimit:      pb.ErrorCode_ERROR_CODE_HOP_LIMIT,
		chord.CodeUnavailable:   pb.ErrorCode_ERROR_CODE_UNAVAILABLE,
		chord.CodeTooLarge:      pb.ErrorCode_ERROR_CODE_TOO_LARGE,
	}
	ruleKinds = enum[chord.RuleKind, pb.RuleKind]{
		0:                     pb.RuleKind_RULE_KIND_UNSPECIFIED,
		chord.RuleOwn:         pb.RuleKind_RULE_KIND_OWN,
		chord.RuleSuccessor:   pb.RuleKind_RULE_KIND_SUCCESSOR,
		chord.RuleFinger:      pb.RuleKind_RULE_KIND_FINGER,
		chord.RuleList:        pb.RuleKind_RULE_KIND_LIST,
		chord.RulePredecessor: pb.RuleKind_RULE_KIND_PREDECESSOR,
		chord.RuleSeed:        pb.RuleKind_RULE_KIND_SEED,
		chord.RuleAlone:       pb.RuleKind_RULE_KIND_ALONE,
		chord.RuleStuck:       pb.RuleKind_RULE_KIND_STUCK,
	}
	failures = enum[chord.Failure, pb.Failure]{
		chord.Answered: pb.Failure_FAILURE_UNSPECIFIED,
		chord.TimedOut: pb.Failure_FAILURE_TIMED_OUT,
		chord.Refused:  pb.Failure_FAILURE_REFUSED,
		chord.Declined: pb.Failure_FAILURE_DECLINED,
	}
	tasks = enum[chord.Task, pb.Task]{
		chord.TaskStabilize: pb.Task_TASK_STABILIZE,
		chord.TaskFix:       pb.Task_TASK_FIX,
		chord.TaskCheck:     pb.Task_TASK_CHECK,
		chord.TaskPlacement: pb.Task_TASK_PLACEMENT,
		chord.TaskRepair:    pb.Task_TASK_REPAIR,
		chord.TaskReconcile: pb.Task_TASK_RECONCILE,
		chord.TaskUpdate:    pb.Task_TASK_UPDATE,
	}
	ops = enum[chord.Op, pb.Op]{
		0:              pb.Op_OP_UNSPECIFIED,
		chord.OpGet:    pb.Op_OP_GET,
		chord.OpPut:    pb.Op_OP_PUT,
		chord.OpDelete: pb.Op_OP_DELETE,
	}
	eventKinds = enum[chord.EventKind, pb.EventKind]{
		chord.EvNone:          pb.EventKind_EVENT_KIND_UNSPECIFIED,
		chord.EvCreated:       pb.EventKind_EVENT_KIND_CREATED,
		chord.EvJoining:       pb.EventKind_EVENT_KIND_JOINING,
		chord.EvJoined:        pb.EventKind_EVENT_KIND_JOINED,
		chord.EvJoinFailed:    pb.EventKind_EVENT_KIND_JOIN_FAILED,
		chord.EvSuccessor:     pb.EventKind_EVENT_KIND_SUCCESSOR,
		chord.EvList:          pb.EventKind_EVENT_KIND_LIST,
		chord.EvPredecessor:   pb.EventKind_EVENT_KIND_PREDECESSOR,
		chord.EvFinger:        pb.EventKind_EVENT_KIND_FINGER,
		chord.EvSuspected:     pb.EventKind_EVENT_KIND_SUSPECTED,
		chord.EvDead:          pb.EventKind_EVENT_KIND_DEAD,
		chord.EvAlive:         pb.EventKind_EVENT_KIND_ALIVE,
		chord.EvRestarted:     pb.EventKind_EVENT_KIND_RESTARTED,
		chord.EvAdopted:       pb.EventKind_EVENT_KIND_ADOPTED,
		chord.EvPlacement:     pb.EventKind_EVENT_KIND_PLACEMENT,
		chord.EvLeaving:       pb.EventKind_EVENT_KIND_LEAVING,
		chord.EvLeft:          pb.EventKind_EVENT_KIND_LEFT,
		chord.EvPeerLeft:      pb.EventKind_EVENT_KIND_PEER_LEFT,
		chord.EvLookupStarted: pb.EventKind_EVENT_KIND_LOOKUP_STARTED,
		chord.EvLookupHop:     pb.EventKind_EVENT_KIND_LOOKUP_HOP,
		chord.EvLookupTimeout: pb.EventKind_EVENT_KIND_LOOKUP_TIMEOUT,
		chord.EvLookupDone:    pb.EventKind_EVENT_KIND_LOOKUP_DONE,
		chord.EvLookupFailed:  pb.EventKind_EVENT_KIND_LOOKUP_FAILED,
		chord.EvTask:          pb.EventKind_EVENT_KIND_TASK,
		chord.EvPaused:        pb.EventKind_EVENT_KIND_PAUSED,
		chord.EvResumed:       pb.EventKind_EVENT_KIND_RESUMED,
		chord.EvPut:           pb.EventKind_EVENT_KIND_PUT,
		chord.EvDeleted:       pb.EventKind_EVENT_KIND_DELETED,
		chord.EvWriteFailed:   pb.EventKind_EVENT_KIND_WRITE_FAILED,
		chord.EvReplica:       pb.EventKind_EVENT_KIND_REPLICA,
		chord.EvTook:          pb.EventKind_EVENT_KIND_TOOK,
		chord.EvDropped:       pb.EventKind_EVENT_KIND_DROPPED,
		chord.EvSyncing:       pb.EventKind_EVENT_KIND_SYNCING,
		chord.EvSettled:       pb.EventKind_EVENT_KIND_SETTLED,
		chord.EvCollected:     pb.EventKind_EVENT_KIND_COLLECTED,
		chord.EvPoisoned:      pb.EventKind_EVENT_KIND_POISONED,
		chord.EvLine:          pb.EventKind_EVENT_KIND_LINE,
		chord.EvSent:          pb.EventKind_EVENT_KIND_SENT,
		chord.EvReceived:      pb.EventKind_EVENT_KIND_RECEIVED,
	}
	procs = enum[chord.Proc, pb.Proc]{
		chord.ProcNone:                     pb.Proc_PROC_UNSPECIFIED,
		chord.ProcJoin:                     pb.Proc_PROC_JOIN,
		chord.ProcStabilize:                pb.Proc_PROC_STABILIZE,
		chord.ProcRectify:                  pb.Proc_PROC_RECTIFY,
		chord.ProcFixFingers:               pb.Proc_PROC_FIX_FINGERS,
		chord.ProcCheckPredecessor:         pb.Proc_PROC_CHECK_PREDECESSOR,
		chord.ProcFindSuccessor:            pb.Proc_PROC_FIND_SUCCESSOR,
		chord.ProcClosestPreceding:         pb.Proc_PROC_CLOSEST_PRECEDING,
		chord.ProcLeave:                    pb.Proc_PROC_LEAVE,
		chord.ProcPlacement:                pb.Proc_PROC_PLACEMENT,
		chord.ProcAdopt:                    pb.Proc_PROC_ADOPT,
		chord.ProcRepair:                   pb.Proc_PROC_REPAIR,
		chord.ProcOriginalJoin:             pb.Proc_PROC_ORIGINAL_JOIN,
		chord.ProcOriginalStabilize:        pb.Proc_PROC_ORIGINAL_STABILIZE,
		chord.ProcOriginalNotify:           pb.Proc_PROC_ORIGINAL_NOTIFY,
		chord.ProcOriginalFixFingers:       pb.Proc_PROC_ORIGINAL_FIX_FINGERS,
		chord.ProcOriginalCheckPredecessor: pb.Proc_PROC_ORIGINAL_CHECK_PREDECESSOR,
		chord.ProcOriginalReconcile:        pb.Proc_PROC_ORIGINAL_RECONCILE,
		chord.ProcOriginalUpdate:           pb.Proc_PROC_ORIGINAL_UPDATE,
	}
	tests = enum[chord.Test, pb.Test]{
		chord.TestNone: pb.Test_TEST_UNSPECIFIED,
		chord.TestYes:  pb.Test_TEST_YES,
		chord.TestNo:   pb.Test_TEST_NO,
	}
	causes = enum[chord.Cause, pb.Cause]{
		chord.CauseNone:      pb.Cause_CAUSE_UNSPECIFIED,
		chord.CauseJoin:      pb.Cause_CAUSE_JOIN,
		chord.CauseStabilize: pb.Cause_CAUSE_STABILIZE,
		chord.CauseReconcile: pb.Cause_CAUSE_RECONCILE,
		chord.CauseUpdate:    pb.Cause_CAUSE_UPDATE,
		chord.CauseRectify:   pb.Cause_CAUSE_RECTIFY,
		chord.CauseNotify:    pb.Cause_CAUSE_NOTIFY,
		chord.CauseCheck:     pb.Cause_CAUSE_CHECK,
		chord.CauseLeave:     pb.Cause_CAUSE_LEAVE,
		chord.CauseAdopt:     pb.Cause_CAUSE_ADOPT,
		chord.CauseRefused:   pb.Cause_CAUSE_REFUSED,
		chord.CauseTimeout:   pb.Cause_CAUSE_TIMEOUT,
		chord.CauseReplaced:  pb.Cause_CAUSE_REPLACED,
		chord.CauseTold:      pb.Cause_CAUSE_TOLD,
		chord.CauseFallback:  pb.Cause_CAUSE_FALLBACK,
		chord.CauseWrite:     pb.Cause_CAUSE_WRITE,
		chord.CauseRepair:    pb.Cause_CAUSE_REPAIR,
		chord.CauseSurplus:   pb.Cause_CAUSE_SURPLUS,
	}
)
