# What all services and controllers share: Node, the production dependencies with the links to our packages, and these.
# Nothing is built or installed in here; `make images` prepares the context, so no shell and no npm are needed.
ARG BASE_IMAGE=docker.io/library/node:24-slim
FROM ${BASE_IMAGE}

# 65532 is nobody in particular; Kubernetes' restricted profile asks for a number.
# How memory is bounded is told in packages/service-kit/src/runtime.ts.
# The compile cache is filled ahead and only read: a pod starts with half the processor time.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-semi-space-size=16 --max-old-space-size=640" \
    MALLOC_ARENA_MAX=2 \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    NODE_COMPILE_CACHE_PORTABLE=1 \
    HOME=/tmp
WORKDIR /app
COPY node_modules node_modules
COPY package.json package.json
COPY packages packages
COPY .compile-cache .compile-cache
USER 65532:65532
ENTRYPOINT ["node"]
