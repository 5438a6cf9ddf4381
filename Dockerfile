# syntax=docker/dockerfile:1
# Three images:
#   docker build --target coordinator -t dreamfarm-coordinator .     no libtorch
#   docker build --target worker      -t dreamfarm-worker .          libtorch for CPUs
#   docker build --target worker-cuda -t dreamfarm-worker-cuda .     libtorch with CUDA; the host brings the driver
# With TLS, HEALTH_URL is to begin with https: a container asks itself, so no CA is needed for it.
# They run as user 1654 on a read-only root; only /data (coordinator), /cache (worker) and /tmp are written to.
# noble, or what is newer: TorchSharp's library asks for GLIBCXX_3.4.32, which Debian 12 and jammy lack.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS source
WORKDIR /source
COPY . .

# One stage for each libtorch: only the one that is asked for is fetched, and it is fetched once. The decoder is built with and
# without a platform on the way, alike in what is used of it, so that one of its files may be there twice.
# libtorch goes into a layer of its own: half a gigabyte, several with CUDA, that stays as it is when only the program changes.
FROM source AS publish-none
RUN --mount=type=cache,id=nuget,sharing=locked,target=/root/.nuget/packages \
    dotnet publish src/DreamFarm.Cli -c Release -r linux-x64 --no-self-contained -p:Libtorch=none -p:DebugType=none -p:ErrorOnDuplicatePublishOutputFiles=false -o /app

FROM source AS publish-cpu
RUN --mount=type=cache,id=nuget,sharing=locked,target=/root/.nuget/packages \
    dotnet publish src/DreamFarm.Cli -c Release -r linux-x64 --no-self-contained -p:Libtorch=cpu -p:DebugType=none -p:ErrorOnDuplicatePublishOutputFiles=false -o /app \
    && mkdir /native && mv /app/lib*.so* /native/

FROM source AS publish-cuda
RUN --mount=type=cache,id=nuget,sharing=locked,target=/root/.nuget/packages \
    dotnet publish src/DreamFarm.Cli -c Release -r linux-x64 --no-self-contained -p:Libtorch=cuda -p:DebugType=none -p:ErrorOnDuplicatePublishOutputFiles=false -o /app \
    && mkdir /native && mv /app/lib*.so* /native/

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS runtime
# Whoever runs it as another user has no home there. The base image names a port that nothing is to listen on.
ENV HOME=/tmp \
    ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0 \
    DREAMFARM_LOG=json
ENTRYPOINT ["dotnet", "/app/dreamfarm.dll"]

FROM runtime AS coordinator
# libvips reads and writes the pictures.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libvips42t64 \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 1654 -g 1654 /data
ENV DREAMFARM_LISTEN=0.0.0.0:7600 \
    DREAMFARM_WEB=0.0.0.0:7680 \
    DREAMFARM_DATA=/data \
    HEALTH_URL=http://127.0.0.1:7680/health/live
COPY --from=publish-none /app /app
VOLUME /data
EXPOSE 7600 7680
USER 1654:1654
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s \
    CMD dotnet /app/dreamfarm.dll health "$HEALTH_URL"
CMD ["coordinator"]

FROM runtime AS worker-base
# libtorch brings OpenMP along. jemalloc keeps the memory of windows, where malloc would fetch it anew for each.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libjemalloc2 \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/lib/*/libjemalloc.so.2 /usr/lib/libjemalloc.so.2 \
    && install -d -o 1654 -g 1654 /cache
# Weights that the coordinator sends are kept under /cache.
ENV LD_PRELOAD=/usr/lib/libjemalloc.so.2 \
    MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0 \
    DREAMFARM_LISTEN=0.0.0.0:7610 \
    DREAMFARM_WEB=0.0.0.0:7690 \
    XDG_CACHE_HOME=/cache \
    HEALTH_URL=http://127.0.0.1:7690/health/live
VOLUME /cache
EXPOSE 7610 7690
USER 1654:1654
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s \
    CMD dotnet /app/dreamfarm.dll health "$HEALTH_URL"
CMD ["worker"]

FROM worker-base AS worker
COPY --from=publish-cpu /native /app
COPY --from=publish-cpu /app /app

FROM worker-base AS worker-cuda
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    DREAMFARM_DEVICE=cuda:0
COPY --from=publish-cuda /native /app
COPY --from=publish-cuda /app /app
