"""What kind of file this is, by its name: which rules make sense for it."""

from __future__ import annotations

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx", ".mdc", ".qmd", ".rmd"})
HTML = frozenset({".html", ".htm", ".xhtml"})
TEXT = frozenset({".txt", ".text", ".rst", ".adoc", ".asciidoc", ".org", ".textile", ".me"})
DATA = frozenset({
    ".json", ".jsonl", ".ndjson", ".json5", ".jsonc", ".geojson", ".webmanifest", ".ipynb", ".map",
    ".yaml", ".yml", ".toml", ".csv", ".tsv", ".xml", ".svg", ".ini", ".cfg", ".conf", ".lock",
    ".properties", ".po", ".pot", ".strings", ".env", ".log", ".srt", ".vtt", ".ics", ".plist",
    ".resx", ".xliff", ".arb", ".bib", ".lrc", ".dat", ".diff", ".patch", ".snap", ".ambr",
})  # fmt: skip
BINARY = frozenset({
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".icns", ".tif", ".tiff", ".avif",
    ".pdf", ".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".tar", ".jar", ".whl", ".woff",
    ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".m4a", ".mov", ".avi", ".mkv", ".webm",
    ".wav", ".flac", ".ogg", ".opus", ".so", ".dylib", ".dll", ".exe", ".o", ".a", ".pyc", ".class",
    ".wasm", ".db", ".sqlite", ".sqlite3", ".parquet", ".arrow", ".feather", ".npy", ".npz",
    ".pkl", ".pickle", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".bin", ".mo",
    ".keystore", ".der", ".pb", ".onnx", ".pt", ".safetensors", ".heic", ".psd", ".ai",
})  # fmt: skip
# Names without a suffix that are read as prose.
_PROSE_NAMES = frozenset({
    "readme", "changelog", "changes", "contributing", "notice", "authors", "history", "news",
    "license", "licence", "copying", "security", "thanks", "credits", "install", "todo",
})  # fmt: skip
# Suffixes of templates: what stands before them is what the file becomes.
TEMPLATES = frozenset({".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".mustache", ".hbs", ".erb"})


def suffix_of(path: str) -> str:
    """The suffix in lower case, with its dot; empty for `Makefile` and `.gitignore`."""
    name = path.rsplit("/", 1)[-1].lower()
    dot = name.rfind(".")
    return name[dot:] if dot > 0 else ""


def stem_of(path: str) -> str:
    """The name without folder and suffixes, in lower case."""
    return path.rsplit("/", 1)[-1].lower().split(".")[0] or path.rsplit("/", 1)[-1].lower()


def kind_of(path: str) -> str:
    """One of markdown, html, text, data, binary, code."""
    suffix = suffix_of(path)
    if suffix in MARKDOWN:
        return "markdown"
    if suffix in HTML:
        return "html"
    if suffix in BINARY:
        return "binary"
    if suffix in DATA or suffix in TEMPLATES or path.rsplit("/", 1)[-1].startswith(".env"):
        return "data"
    if suffix in TEXT or (suffix == "" and stem_of(path) in _PROSE_NAMES):
        return "text"
    return "code"


def is_test(path: str) -> bool:
    """Whether the path looks like that of a test or of its data."""
    parts = path.lower().split("/")
    return (
        stem_of(path).startswith("test")
        or any(
            part in ("test", "tests", "__tests__", "spec", "fixtures", "testdata")
            for part in parts[:-1]
        )
        or any(mark in parts[-1] for mark in ("_test.", ".test.", ".spec.", "_spec.", "conftest."))
    )
