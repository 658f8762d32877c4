"""What other tools read and write: DMN models (`dmn`) and workbooks (`xlsx`). Pure: bytes in, bytes out."""
