# syntax=docker/dockerfile:1
# --build-arg GPU=true: ONNX Runtime with CUDA and TensorRT, and the CUDA libraries that it needs (x86-64, about 3 GB more).
ARG GPU=false

# Pages' client and ONNX Runtime, as package-lock.json pins them.
FROM node:20-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY deploy/bundle.mjs deploy/
COPY wwwroot wwwroot
RUN mkdir -p wwwroot/built && node deploy/bundle.mjs
ARG TARGETARCH
RUN set -eu; \
    case "${TARGETARCH:-amd64}" in arm64) arch=arm64 ;; *) arch=x64 ;; esac; \
    mkdir -p /out/lib/onnxruntime /out/onnxruntime; \
    cp node_modules/@microsoft/signalr/dist/browser/signalr.min.js /out/lib/; \
    cd node_modules/onnxruntime-web/dist; \
    cp ort.wasm.bundle.min.mjs ort.webgpu.bundle.min.mjs ort-wasm-simd-threaded.wasm ort-wasm-simd-threaded.asyncify.wasm \
        /out/lib/onnxruntime/; \
    cd /src; \
    cp node_modules/onnxruntime-node/bin/napi-v*/linux/$arch/lib*.so* /out/onnxruntime/

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props NuGet.config .editorconfig ./
COPY models models
COPY src src
ARG GPU
RUN dotnet publish src/Rtc.Server/Rtc.Server.csproj -c Release -o /out -p:UseAppHost=false -p:RtcGpu=$GPU

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The same names and the same choice of packages as start.sh on a bare machine.
COPY deploy/setup.sh /tmp/setup.sh
RUN ["/bin/bash", "-euc", ". /tmp/setup.sh; rtc_apt_update; rtc_need_libraries; rtc_want_ffmpeg; rtc_want_opencv; rm -rf /var/lib/apt/lists/* /tmp/setup.sh"]
ARG GPU
RUN if [ "$GPU" = true ]; then \
        apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates curl \
        && curl -fsSLo /tmp/keyring.deb https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2404/x86_64/cuda-keyring_1.1-1_all.deb \
        && dpkg -i /tmp/keyring.deb && apt-get update -qq \
        && apt-get install -y -qq --no-install-recommends cuda-cudart-13-0 libcublas-13-0 libcufft-13-0 libcurand-13-0 libcudnn9-cuda-13 \
        && rm -rf /var/lib/apt/lists/* /tmp/keyring.deb; \
    fi
WORKDIR /app
COPY --from=build /out .
COPY --from=packages /out/onnxruntime /usr/local/lib/
RUN ldconfig
COPY wwwroot wwwroot
COPY docs docs
COPY --from=packages /src/wwwroot/built wwwroot/built
COPY --from=packages /out/lib wwwroot/lib
RUN useradd --uid 10001 --no-create-home --home-dir /state --shell /usr/sbin/nologin rtc \
    && mkdir -p /state /models /videos && chown rtc /state /models /videos
ENV XDG_STATE_HOME=/state \
    RTC__MODEL__DIRECTORY=/models \
    RTC__TELEMETRY__JSONLOG=true \
    RTC__HTTP__HEALTHPORT=8081 \
    NVIDIA_DRIVER_CAPABILITIES=compute,video,utility \
    DOTNET_EnableDiagnostics=0
VOLUME ["/state", "/models"]
# HTTP, HTTPS, and one port for all media on UDP and TCP.
EXPOSE 8080 8443 8444/udp 8444/tcp
USER 10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["dotnet", "/app/rtc.dll", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "/app/rtc.dll"]
CMD ["serve"]
