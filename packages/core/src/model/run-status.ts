/**
 * Where a run stands.
 *
 * - `completed`, `failed`, `cancelled`: terminal.
 * - `awaiting`: nothing runs or is due; something external is waited for (each wait is named).
 * - `stalled`: work is ready but this orchestrator stopped, as between steps; or a run that cannot move.
 */
export type RunStatus = 'completed' | 'failed' | 'cancelled' | 'awaiting' | 'stalled'
