import { describe, expect, it } from 'vitest'
import { EventDrivenOrchestrator } from '../../core/src/orchestrators/event-driven.ts'
import { describeOrchestrator } from '../src/conformance.ts'

describeOrchestrator('EventDrivenOrchestrator', () => new EventDrivenOrchestrator(), { test: { describe, it, expect } })
