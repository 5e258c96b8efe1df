/** Implements a node: a plain return value is the output; `route(action, output)` adds an action, `expand(...)` nodes and edges. */
// The context is `any` so that a handler may narrow what it reads; the builder checks it, a hand-written registry cannot.
// oxlint-disable-next-line typescript/no-explicit-any
export type Handler = (context: any) => unknown

/** Implementations by name: what `NodeDefinition.uses` refers to. */
export type Registry = Readonly<Record<string, Handler>>
