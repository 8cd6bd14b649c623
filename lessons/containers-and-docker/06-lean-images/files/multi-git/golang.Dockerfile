FROM golang:1.19
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /multi-git .
ENTRYPOINT ["/multi-git"]
CMD ["status", "--short"]
