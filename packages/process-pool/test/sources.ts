/** Options of Node for children that load the sources of the workspace. */
export const SOURCES = ['--conditions=@taskspace/source']
