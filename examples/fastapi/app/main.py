from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
def home(request: Request) -> str:
    return f"FastAPI at {request.url}\n"
