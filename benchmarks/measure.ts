import { resourceUsage } from 'node:process'
import type { BenchCase, ToldWorkload, Workload } from './cases/contract.ts'
import { median } from './result.ts'
import type { Measurement } from './result.ts'

/** How long and how often. Times in milliseconds. */
interface Plan {
  readonly warmUpMs: number
  readonly minWarmUpCalls: number
  /** Past this a warm-up ends even if it had fewer calls. */
  readonly maxWarmUpMs: number
  /** A sample shorter than this is made of several calls. */
  readonly sampleMs: number
  readonly minSamples: number
  readonly maxSamples: number
  /** Sampling goes on for so long, unless `maxSamples` are reached. */
  readonly samplingMs: number
}

const fullPlan: Plan = {
  warmUpMs: 500,
  minWarmUpCalls: 5,
  maxWarmUpMs: 1500,
  sampleMs: 20,
  minSamples: 5,
  maxSamples: 51,
  samplingMs: 2000,
}

const quickPlan: Plan = { ...fullPlan, warmUpMs: 100, maxWarmUpMs: 300, sampleMs: 5, samplingMs: 200 }

/** The number that a workload answered is not the one that is right. */
export class WrongAnswerError extends Error {
  override readonly name = 'WrongAnswerError'
}

/** Measures one workload in this process, which must have done nothing else. */
export async function measure(
  benchCase: BenchCase,
  workload: Workload | ToldWorkload,
  isQuick: boolean,
): Promise<Measurement> {
  if ('durations' in workload) return measureTold(workload)
  const plan = isQuick ? quickPlan : fullPlan
  const heapBefore = benchCase.measuresKeptHeap === true ? heapMb() : 0

  const firstCallMs = await timeCalls(workload, 1)
  const firstCallRssMb = rssMb()
  await warmUp(workload, plan, firstCallMs)
  const callsPerSample = benchCase.isRepeatable ? await findBatch(workload, plan) : 1

  const samples: number[] = []
  const startedMs = performance.now()
  while (
    samples.length < plan.minSamples ||
    (samples.length < plan.maxSamples && performance.now() - startedMs < plan.samplingMs)
  ) {
    samples.push((await timeCalls(workload, callsPerSample)) / callsPerSample)
  }

  const note = workload.note?.() ?? ''

  return {
    callsPerSample,
    ...summaryOf(samples),
    firstCallMs,
    firstCallRssMb,
    peakRssMb: rssMb(),
    ...(benchCase.measuresKeptHeap === true ? { keptHeapMb: heapMb() - heapBefore } : {}),
    ...(note === '' ? {} : { note }),
  }
}

async function measureTold({ durations, note }: ToldWorkload): Promise<Measurement> {
  const samples = await durations()
  const [firstCallMs] = samples
  const told = note?.() ?? ''
  if (firstCallMs === undefined) throw new Error(told)
  const peakRssMb = rssMb()
  return {
    callsPerSample: 1,
    ...summaryOf(samples),
    firstCallMs,
    firstCallRssMb: peakRssMb,
    peakRssMb,
    ...(told === '' ? {} : { note: told }),
  }
}

function summaryOf(samples: readonly number[]): Pick<Measurement, 'samples' | 'medianMs' | 'minMs' | 'maxMs'> {
  return {
    samples: samples.length,
    medianMs: median(samples),
    minMs: Math.min(...samples),
    maxMs: Math.max(...samples),
  }
}

async function warmUp(workload: Workload, plan: Plan, firstMs: number): Promise<void> {
  let calls = 1
  const startedMs = performance.now() - firstMs
  for (;;) {
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs >= plan.maxWarmUpMs || (elapsedMs >= plan.warmUpMs && calls >= plan.minWarmUpCalls)) return
    await timeCalls(workload, 1)
    calls++
  }
}

/** How many calls in a row take as long as a sample should. */
async function findBatch(workload: Workload, { sampleMs }: Plan): Promise<number> {
  let calls = 1
  for (;;) {
    const tookMs = await timeCalls(workload, calls)
    if (tookMs >= sampleMs) return calls
    calls = Math.ceil(calls * Math.min(10, (1.2 * sampleMs) / Math.max(tookMs, 1e-6)))
  }
}

async function timeCalls({ renew, run, expected }: Workload, count: number): Promise<number> {
  if (renew !== undefined) await renew()
  const startedMs = performance.now()
  for (let call = 0; call < count; call++) {
    const answer = await run()
    if (answer !== expected) throw new WrongAnswerError(`answered ${answer} where ${expected} is right`)
  }
  return performance.now() - startedMs
}

function rssMb(): number {
  return resourceUsage().maxRSS / 1024
}

function heapMb(): number {
  if (globalThis.gc === undefined) throw new Error('node must run with --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed / 1024 / 1024
}
