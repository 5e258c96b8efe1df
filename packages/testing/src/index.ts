/**
 * Test tools for Heddle: the stepper, the simulator and the conformance suites that every implementation of a port runs.
 *
 * @packageDocumentation
 */
export {}
