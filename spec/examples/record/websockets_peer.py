"""Plays one end of a session with Python's websockets: websockets_peer.py server | client URL, steps on stdin."""

import asyncio
import json
import sys

import websockets


def content(step):
    data = bytes.fromhex(step['data'])
    return data.decode() if step['type'] == 'text' else data


async def ping(socket, step):
    await (await socket.ping(bytes.fromhex(step['data'])))


async def fragments(socket, role, steps):
    for step in steps:
        if step['from'] != role:
            continue
        if step['type'] == 'ping':
            await ping(socket, step)
        else:
            yield content(step)


async def send(socket, role, step, steps):
    if step['type'] == 'close':
        await socket.close(step['code'], step['reason'])
    elif step['type'] == 'ping':
        await ping(socket, step)
    elif step['type'] == 'pong':
        await socket.pong(bytes.fromhex(step['data']))
    elif step['fin']:
        await socket.send(content(step))
    else:
        message = [step]
        for following in steps:
            if following['from'] == role and following['type'] == step['type'] and following['fin']:
                assert following['data'] == '', 'websockets ends a message from an iterator with an empty fragment'
                break
            message.append(following)
        await socket.send(fragments(socket, role, message))


async def receive(socket, message):
    if message['type'] == 'close':
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (message['code'], message['reason'])
    elif message['type'] in ('text', 'binary'):
        received = await socket.recv()
        assert (received if isinstance(received, str) else received.hex()) == message['data']


async def converse(socket, role, steps):
    steps = iter(steps)
    for step in steps:
        if step['from'] != role:
            if 'completes' in step:
                await receive(socket, step['completes'])
        elif not step.get('automatic'):
            await send(socket, role, step, steps)


async def main(role, url):
    steps = json.load(sys.stdin)
    options = {'compression': None, 'ping_interval': None}
    if role == 'client':
        async with websockets.connect(url, **options) as socket:
            await converse(socket, role, steps)
        return
    done = asyncio.get_running_loop().create_future()

    async def handler(socket):
        try:
            done.set_result(await converse(socket, role, steps))
        except Exception as error:
            done.set_exception(error)

    async with websockets.serve(handler, '127.0.0.1', 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await done


asyncio.run(main(*sys.argv[1:3]))
