import { cancelRegionPatterns } from './crash-patterns/cancel-regions.ts'
import { compensationPatterns } from './crash-patterns/compensation.ts'
import { controlFlowPatterns } from './crash-patterns/control-flow.ts'
import { cutOffChildPatterns } from './crash-patterns/cut-off-children.ts'
import { durableCallPatterns } from './crash-patterns/durable-calls.ts'
import { lateCancelPatterns } from './crash-patterns/late-cancels.ts'
import type { CrashPattern } from './crash-patterns/pattern.ts'

/** All workflows that are crashed at every operation. */
export const crashPatterns: readonly CrashPattern[] = [
  ...controlFlowPatterns,
  ...durableCallPatterns,
  ...compensationPatterns,
  ...cancelRegionPatterns,
  ...cutOffChildPatterns,
  ...lateCancelPatterns,
]
