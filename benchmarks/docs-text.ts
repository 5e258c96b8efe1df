import type { SuiteName } from './cases/contract.ts'

/** Headings of the suites. */
export const suiteTitles: Readonly<Record<SuiteName, string>> = {
  core: 'In one process',
  wf: 'Real graphs',
  redis: 'Over Redis',
}

/** How the numbers came about, and what they do not say. */
export const notes = `## How it is measured

- All engines of a section ran on one machine in one run of the benchmark, one after another; each line is a fresh process. A cell is
  the median of at least 5 samples (minimum – maximum), then how many times the floor that is. Where a call is shorter than 20 ms, a
  sample is the mean of several calls.
- Handlers are async no-ops unless the case says otherwise; every output is read inside the measured time. Blueprints were compiled and
  code was warm: what a first call costs stands in \`results.jsonl\` (\`firstCallMs\`).
- The **floor** is a dependency counter written by hand for the one graph: no skips, failures, retries, cancellation or limit on
  concurrency. It does less than any engine must, so its ratio shows overhead, not waste. It keeps no journal and hears no
  events, and all its handlers share one signal. Where runs are kept in files, it writes one line of JSON a node by hand, without a
  checksum; where a state is looked for, it folds statuses from the first event on.
- Peers run from npm with the options that they have when told nothing, and do more than a no-op needs by their nature: flowcraft
  serialises the context at the end of each run and starts nodes in waves of slices; LangGraph runs supersteps with a checkpointable state
  (no checkpointer here; its state is one number, which is the cheapest we found). If you know how to make a peer faster, tell us.
- Peak memory is that of the whole process, all samples and Node itself (about 45 MB) included. The goal for memory is held against the
  process after its first run (\`firstCallRssMb\`).
- Ratios carry over to other machines better than times do. A machine with other work shows it in the maxima.`

/** Above the table of real graphs with no-ops. */
export const overheadNote = `Shapes of workflows that were really executed ([WfCommons](https://wfcommons.org) instances), every task a no-op.
Beside the measured runs, one run is watched: each task is called once, none before its predecessors have finished.`

/** Above the table of real graphs with timers. */
export const makespanNote = `The same graphs with their recorded run times, scaled so that the longest path takes about 1.5 s (0.3 s in a quick run), as timers;
concurrency is not limited. The floor drives the same timers by hand. The aim is to stay within 3 % of it.`

/** Above the table of workers over Redis. */
export const redisNote = `Client, workers and their handlers are one process, beside a Redis on loopback with an append-only file; each worker makes 10
attempts at one time. The floor is raw BullMQ: as many jobs as there are nodes, which do nothing, in no order; so it is where one diamond is run. flowcraft is its
BullMQ adapter with the options that it has when told nothing, its log apart. Its workers make five attempts at one time and have no option
for that: there are two of them for each worker of the others. It has no client: states and first jobs are written as its workers
expect them. Runs of it that have not completed 120 s after their start count as lost. Beside the times stands what a node cost: commands that
the process sent, commands that scripts called, time in scripts, processor time of both sides; and what a finished run takes in Redis
until retention removes it. All of them are those of the last call.

Where workers are killed, they are processes of their own, two in each of five places that have nothing but the Redis in common; for one that
was killed another one is started at once. A place has one run of one node at a time, which lasts up to 30 s (in the same phases for all)
until its worker gets SIGKILL; the time ends when another process takes the node up again. The floor is BullMQ with its own stalled check.
The memory is that of the client there.`
