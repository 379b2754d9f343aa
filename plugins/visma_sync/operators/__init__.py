"""What the DAG files are made of: XCom in, one step, XCom out."""
