# The gateway, built from this checkout: docker build -f docs/deploy/gateway.dockerfile -t threshold-gateway .
FROM node:20-bookworm-slim AS build
WORKDIR /gateway
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY schema schema
COPY src src
COPY adapters adapters
COPY bench bench
RUN npm run -s build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
WORKDIR /gateway
ENV NODE_ENV=production
COPY --from=build /gateway/package.json ./
COPY --from=build /gateway/node_modules node_modules
COPY --from=build /gateway/dist dist
COPY schema schema
# What the built code reads beside it; the world is for `threshold world load` and the demo.
COPY adapters adapters
COPY test/worlds test/worlds
RUN mkdir -p /gateway/.threshold /realm && chown node:node /gateway/.threshold /realm
USER node
EXPOSE 4000
ENTRYPOINT ["node", "--max-semi-space-size=8", "dist/src/cli/threshold.js"]
CMD ["serve"]
