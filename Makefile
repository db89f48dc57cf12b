.DEFAULT_GOAL := help
.PHONY: help run test bench keys storm hostile reset lint lock setup

PORT ?= 8000
export PORT
VENV := .venv/bin

help: ## Danh sách lệnh
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: setup ## Cài đặt, rồi chạy tỉnh mẫu cho đến khi bấm Ctrl-C (PORT=8000)
	@exec $(VENV)/vanthu demo run

test: setup ## Cài đặt, rồi mọi kiểm tra và kiểm thử
	@exec scripts/check

bench: setup ## Cài đặt, rồi đo tốc độ
	@exec $(VENV)/python -m benchmarks

keys: setup ## Đếm phím và lượt tải trang của văn thư, ghi vào docs
	@VANTHU_WRITE_FIGURES=1 $(VENV)/python -m pytest -q tests/web/test_clerks_twenty.py

storm: setup ## Mười phút bão: làm việc, tấn công, giết tiến trình, rồi kiểm tra không mất gì
	@exec $(VENV)/python -m benchmarks.storm --minutes 10

hostile: setup ## Gửi dữ liệu lạ tới mọi địa chỉ (VANTHU_HOSTILE_SECONDS=600 VANTHU_HOSTILE_SEED=1)
	@VANTHU_HOSTILE_SECONDS=$${VANTHU_HOSTILE_SECONDS:-600} $(VENV)/python -m pytest -q -s tests/hostile

reset: ## Xóa dữ liệu mẫu (var/)
	@exec scripts/reset

lint: setup ## Định dạng và sửa mã nguồn tự động
	@$(VENV)/ruff format -q . && $(VENV)/ruff check --fix .

# The locks name neither a registry nor a machine, and hold a hash of every file.
lock: setup ## Khóa lại phiên bản các thư viện Python và npm
	cd requirements && ../$(VENV)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url \
	  --no-annotate --python-version 3.11 dev.in -o dev.txt
	cd requirements && ../$(VENV)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url \
	  --no-annotate --python-version 3.11 -c dev.txt base.in -o base.txt
	scripts/npm install --package-lock-only --include=optional

setup:
	@scripts/setup
