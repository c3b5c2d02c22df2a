// For Docker's health checks, since the image has no curl: node infra/docker/healthy.mjs PORT
const answer = await fetch(`http://127.0.0.1:${process.argv[2]}/healthz`).catch(() => undefined)
process.exit(answer?.ok === true ? 0 : 1)
