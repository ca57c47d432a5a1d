// Never finishes loading. The interval keeps its thread from ending for want of anything to do.
setInterval(() => undefined, 60_000)
await new Promise(() => undefined)

export {}
