# Two stages: build without cgo, run as a user without rights on an image without a shell's worth of extras.
#   docker build -t madoguchi .
#   docker run --rm -p 127.0.0.1:8080:8080 -e MADOGUCHI_DEMO_PUBLISH=true -v madoguchi:/data madoguchi
# It prints a word (合言葉) that every browser has to give at its first visit.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/madoguchi ./server
RUN mkdir -p /out/doc && cp -r --parents LICENSE THIRD_PARTY.md licences pdf/font/*.txt pdf/font/README.md \
    pwa/vendor/README.md pwa/vendor/*/LICENSE* /out/doc

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 madoguchi && install -d -o madoguchi -m 0700 /data
COPY --from=build /out/madoguchi /usr/local/bin/madoguchi
COPY --from=build /out/doc /usr/share/doc/madoguchi
USER madoguchi
ENV MADOGUCHI_DATA=/data MADOGUCHI_ADDR=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["madoguchi"]
CMD ["serve"]
