# docker build --tag intendant .
# docker run --publish 8080:8080 --volume intendant:/data \
#   --env INTENDANT_BASE_URL=https://accounts.example.com intendant
FROM golang:1.26 AS build
WORKDIR /source
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /intendant ./cmd/intendant && mkdir /data && mkdir -m 1777 /scratch

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /intendant /intendant
COPY --from=build /scratch /tmp
COPY --from=build --chown=65532:65532 /data /data
ENV ZONEINFO=/zoneinfo.zip INTENDANT_ADDR=:8080 INTENDANT_DATA=/data
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/intendant"]
CMD ["serve"]
