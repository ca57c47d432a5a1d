import { beforeAll, inject } from 'vitest'
import { type PgBouncer, startPgBouncer } from '../../../../tools/servers/pgbouncer.ts'
import { postgresTarget } from '../postgres-target.ts'
import { describeKit } from './describe-kit.ts'

let bouncer: PgBouncer

beforeAll(async () => {
  bouncer = await startPgBouncer({ serverPort: Number(new URL(inject('postgresUrl')).port) })
  return () => bouncer.stop()
})

describeKit('postgres through PgBouncer', postgresTarget({ url: () => bouncer.url() }))
