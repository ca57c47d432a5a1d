process.exit(4)

export {}
