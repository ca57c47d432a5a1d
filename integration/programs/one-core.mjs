// Prints whether a backend sees the same copy of core as the application.
import { createRequire } from 'node:module'

const application = createRequire(import.meta.url)
const memory = createRequire(application.resolve('@taskspace/memory'))
const same = memory.resolve('@taskspace/core/backend') === application.resolve('@taskspace/core/backend')
console.log(same ? 'one core' : 'two cores')
