import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../../tools/servers/free-port.ts'
import { PostgresServer } from '../../../../tools/servers/postgres.ts'
import { serverUser } from '../../../../tools/servers/postgres-binaries.ts'

/** A standby that follows a server, made by a backup as `pg_basebackup` makes one; removed when the test ends. */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const client = new pg.Client({ connectionString: primary.url() })
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('standby', true)")
    const standby = new PostgresServer({ durable: true, data: primary.data }, await freePort())
    onTestFinished(() => standby.remove())
    const { rows } = await client.query<{ readonly labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    writeOwned(join(standby.data, 'backup_label'), rows[0]?.labelfile ?? '')
    writeOwned(join(standby.data, 'standby.signal'), '')
    await standby.start({ primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres` })
    return standby
  } finally {
    await client.end()
  }
}

function writeOwned(path: string, content: string): void {
  writeFileSync(path, content)
  if (serverUser.uid !== undefined) chownSync(path, serverUser.uid, serverUser.gid as number)
}
