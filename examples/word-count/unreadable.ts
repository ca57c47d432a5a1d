import { TaskError } from '@taskspace/core'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'a folder that cannot be listed',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'symbolic links that lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'the disk cannot be read',
}

/** The error of reading a file as one that tells people the reason and is not tried again; any other as it is. */
export function unreadable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TaskError) return error
  const { code } = error as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : REASONS[code]
  return reason === undefined ? error : new TaskError(reason, { cause: error })
}
