/** Where a child finds the pipe to its parent, and its black box. */
export const CHANNEL_FD = 3
export const BLACK_BOX_FD = 4
