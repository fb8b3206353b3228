# The app without TensorFlow: docker build -t digits . && docker run --read-only --tmpfs /tmp -p 8501:8501 digits
FROM python:3.12-slim

RUN useradd --uid 10001 --no-create-home digits && install -d -o digits /data
WORKDIR /app
COPY requirements-app.txt .
RUN pip install --no-cache-dir --requirement requirements-app.txt
COPY . .

USER digits
# A volume, where marks are shared: DIGITS_MARKS=/data/marks.sqlite
VOLUME /data
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp DIGITS_DRAWINGS=/data/drawings.sqlite
EXPOSE 8501
HEALTHCHECK --start-period=30s --interval=10s CMD ["python", "-m", "scripts.health", "8501"]
CMD ["python", "-m", "scripts.serve", "0.0.0.0", "8501"]
