# What all services and controllers share: Node, the production dependencies with the links to our packages, and these.
# Nothing is built or installed in here; `make images` prepares the context, so no shell and no npm are needed.
ARG BASE_IMAGE=docker.io/library/node:24-slim
FROM ${BASE_IMAGE}

# 65532 is nobody in particular; Kubernetes' restricted profile asks for a number.
ENV NODE_ENV=production \
    HOME=/tmp
WORKDIR /app
COPY node_modules node_modules
COPY package.json package.json
COPY packages packages
USER 65532:65532
ENTRYPOINT ["node"]
