# Builds the programs of an example: `make` in its folder, after `make library` or with an installed
# kosbroker. An example's Makefile says which programs there are.

SWIFT ?= swift
CFLAGS ?= -O2 -g -Wall -Wextra -Wpedantic
KOSBROKER_PATH = $(abspath ../../.build/library):$(PKG_CONFIG_PATH)
KOSBROKER_FLAGS = $(shell PKG_CONFIG_PATH=$(KOSBROKER_PATH) pkg-config --cflags --libs kosbroker)

all: $(addprefix programs/,$(PROGRAMS))

programs:
	mkdir -p programs

clean:
	rm -rf programs

.PHONY: all clean
